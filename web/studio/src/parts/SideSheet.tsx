import { Drawer, type DrawerProps } from "antd";
import { useEffect, useRef, useState } from "react";

const NOT_BY_ITSELF = { focusTriggerAfterClose: false };

/**
 * A panel that comes in from the side. Once it closes, whatever opened it has the keyboard again: antd looks for
 * that only after a field in the panel has taken the focus, and not at all when the panel is taken out at once.
 */
export function SideSheet(props: DrawerProps) {
  const open = Boolean(props.open);
  const [wasOpen, setWasOpen] = useState(false);
  const [opener, setOpener] = useState<Element | null>(null);
  if (open !== wasOpen) {
    setWasOpen(open);
    if (open) setOpener(document.activeElement);
  }
  const last = useRef(opener);
  useEffect(() => {
    last.current = opener;
  }, [opener]);
  useEffect(() => {
    if (!open) giveBack(last.current);
  }, [open]);
  useEffect(() => () => giveBack(last.current), []);
  return <Drawer {...props} focusable={NOT_BY_ITSELF} />;
}

/** Nobody is torn from what he has gone on to meanwhile. */
function giveBack(opener: Element | null): void {
  const at = document.activeElement;
  const lost = at === null || at === document.body || at.closest(".ant-drawer") !== null;
  if (lost && opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
}
