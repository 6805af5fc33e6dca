import { useEffect, useRef, type RefObject } from "react";
import { useLocation } from "react-router";

/** For a strip of links that may be wider than a phone: the link of the page one is on is scrolled into sight. */
export function useHereInView<Strip extends HTMLElement>(): RefObject<Strip | null> {
  const strip = useRef<Strip>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const here = strip.current?.querySelector<HTMLElement>("[aria-current=page]");
    if (!here || !strip.current) return;
    strip.current.scrollLeft = here.offsetLeft - (strip.current.clientWidth - here.clientWidth) / 2;
  }, [pathname]);
  return strip;
}
