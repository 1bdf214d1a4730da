/** Keys of the pages: one table of what each does, from which the help is made as well. */
import { useEffect } from 'preact/hooks';

export interface Key {
  /** `KeyboardEvent.key`. */
  readonly key: string;
  readonly does: string;
  /** Also while something is typed. */
  readonly typing?: boolean;
  act(event: KeyboardEvent): void;
}

const shown: (readonly Key[])[] = [];

/** What the keys do now, the innermost part of the page last. */
export const allKeys = (): readonly Key[] => shown.flat();

const typed = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target instanceof HTMLInputElement && !/^(range|checkbox|radio|button)$/.test(target.type)));

/** Keys that hold while the part of the page that names them is there. */
export function useKeys(keys: readonly Key[]): void {
  useEffect(() => {
    shown.push(keys);
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('dialog[open]') !== null) return;
      const typing = typed(event.target);
      const found = keys.find(({ key, typing: also = false }) => key === event.key && (also || !typing));
      if (found === undefined) return;
      // A link or button that has the focus keeps what the browser means by Enter.
      if (
        event.key === 'Enter' &&
        event.target instanceof HTMLElement &&
        event.target.closest('a, button, summary') !== null
      )
        return;
      event.preventDefault();
      found.act(event);
    };
    addEventListener('keydown', press);
    return () => {
      removeEventListener('keydown', press);
      shown.splice(shown.indexOf(keys), 1);
    };
  });
}
