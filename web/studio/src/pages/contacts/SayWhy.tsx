import { Button, Input } from "antd";
import { useState } from "react";

import css from "./ConsentCard.module.css";

interface SayWhyProps {
  label: string;
  example: string;
  deed: string;
  /** Without words nothing is done. */
  needed?: boolean;
  onSay: (note: string) => void;
}

/** One line that is kept beside what is done. */
export function SayWhy({ label, example, deed, needed = false, onSay }: SayWhyProps) {
  const [note, setNote] = useState("");
  return (
    <form
      className={css.why}
      onSubmit={(event) => {
        event.preventDefault();
        onSay(note.trim());
      }}
    >
      <Input
        autoFocus
        required={needed}
        maxLength={500}
        placeholder={example}
        aria-label={label}
        value={note}
        onChange={(event) => setNote(event.target.value)}
      />
      <Button type="primary" htmlType="submit" disabled={needed && !note.trim()}>
        {deed}
      </Button>
    </form>
  );
}
