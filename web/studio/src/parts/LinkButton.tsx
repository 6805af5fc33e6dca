import { Button, type ButtonProps } from "antd";
import { useHref, useLinkClickHandler } from "react-router";

/** A link that looks like a button: it leads somewhere, so it is an anchor. */
export function LinkButton({ to, ...button }: ButtonProps & { to: string }) {
  const href = useHref(to);
  const follow = useLinkClickHandler<HTMLElement>(to);
  return (
    <Button {...button} href={href} onClick={(click) => follow(click as React.MouseEvent<HTMLElement>)} />
  );
}
