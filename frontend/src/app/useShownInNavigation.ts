import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** On a phone the navigation scrolls sideways: where one is stands in sight. */
export function useShownInNavigation() {
  const list = useRef<HTMLUListElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const current = list.current?.querySelector<HTMLElement>('[aria-current="page"]');
    const strip = list.current;
    if (current && strip) strip.scrollTo({ left: current.offsetLeft - strip.clientWidth / 2 });
  }, [pathname]);
  return list;
}
