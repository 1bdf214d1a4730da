/** Undo and redo of an editor: what was typed in a row, each within a second behind the one before, is one step. */
import { type ChangeSet, Prec, StateEffect, StateField, type Text, Transaction } from '@codemirror/state';
import { type EditorView, keymap } from '@codemirror/view';

interface Step {
  readonly undo: ChangeSet;
  readonly at: number;
  /** Where typing goes on; null where more was done than to put something in. */
  readonly end: number | null;
}

interface Past {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

const move = StateEffect.define<'undo' | 'redo'>();
const steps = 500;
const inARowMs = 1000;

const past = StateField.define<Past>({
  create: () => ({ done: [], undone: [] }),
  update: ({ done, undone }, transaction) => {
    if (!transaction.docChanged) return { done, undone };
    const way = transaction.effects.find((effect) => effect.is(move))?.value;
    const step = (before: Text): Step => ({
      undo: transaction.changes.invert(before),
      at: transaction.annotation(Transaction.time) ?? 0,
      end: typed?.to ?? null,
    });
    const typed = transaction.isUserEvent('input.type') ? insertion(transaction.changes) : null;
    const made = step(transaction.startState.doc);
    if (way === 'undo') return { done: done.slice(0, -1), undone: [...undone, made] };
    if (way === 'redo') return { done: [...done, { ...made, at: 0, end: null }], undone: undone.slice(0, -1) };
    // What was put in from outside, as another program, begins anew.
    if (transaction.annotation(Transaction.addToHistory) === false) return { done: [], undone: [] };
    const last = done.at(-1);
    if (last !== undefined && typed !== null && typed.from === last.end && made.at - last.at < inARowMs)
      return { done: [...done.slice(0, -1), { ...made, undo: made.undo.compose(last.undo) }], undone: [] };
    return { done: [...done, made].slice(-steps), undone: [] };
  },
});

/** Where a change did nothing but put one text in, in the document after it. */
function insertion(changes: ChangeSet): { readonly from: number; readonly to: number } | null {
  const parts: ({ from: number; to: number } | null)[] = [];
  changes.iterChanges((fromA, toA, from, to) => parts.push(fromA === toA ? { from, to } : null));
  return parts.length === 1 ? (parts[0] ?? null) : null;
}

function go(view: EditorView, way: 'undo' | 'redo'): boolean {
  const { done, undone } = view.state.field(past);
  const step = (way === 'undo' ? done : undone).at(-1);
  if (step === undefined || view.state.readOnly) return false;
  view.dispatch({ changes: step.undo, effects: move.of(way), scrollIntoView: true, userEvent: way });
  return true;
}

export const undoing = [
  past,
  Prec.high(
    keymap.of([
      { key: 'Mod-z', run: (view) => go(view, 'undo'), preventDefault: true },
      { key: 'Mod-y', mac: 'Mod-Shift-z', run: (view) => go(view, 'redo'), preventDefault: true },
      { key: 'Mod-Shift-z', run: (view) => go(view, 'redo'), preventDefault: true },
    ]),
  ),
];
