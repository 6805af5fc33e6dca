import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Icon } from "./Icon";

const SAID_FOR_MS = 2000;

/** Puts a text on the clipboard and says that it did. */
export function CopyButton({
  text,
  label,
  name,
  onCopied,
}: {
  text: string;
  label?: string;
  /** What is copied, for those who cannot see what stands beside the button. */
  name?: string;
  onCopied?: () => void;
}) {
  const { t } = useTranslation();
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    onCopied?.();
    window.setTimeout(() => setDone(false), SAID_FOR_MS);
  };
  return (
    <Button
      icon={<Icon name={done ? "check" : "copy"} size={16} />}
      aria-label={done ? undefined : name}
      onClick={() => void copy()}
    >
      {done ? t("parts.copied") : (label ?? t("parts.copy"))}
    </Button>
  );
}
