/**
 * What a run says of lines, shown in the program itself: how often each ran, what was injected, what was written, where the step is.
 *
 * Notes belong to the program that ran. They move along with changes, and are taken away when another run says others.
 */
import { type EditorState, RangeSet, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutter, WidgetType } from '@codemirror/view';
import { plain } from '../shell/text.tsx';

export interface Remark {
  readonly text: string;
  readonly title: string;
  readonly look: 'injected' | 'written' | 'failed';
}

export interface Note {
  /** Classes of the line: `now`, `caller`, `missed`. */
  readonly look?: string;
  /** How often it ran; undefined: not told. */
  readonly count?: number;
  /** 0 to 9, of the logarithm of counts. */
  readonly heat?: number;
  readonly remarks?: readonly Remark[];
}

/** By line of the document, from 1. */
export type Notes = ReadonlyMap<number, Note>;

export const setNotes = StateEffect.define<Notes>();

class RemarkWidget extends WidgetType {
  readonly remark: Remark;
  constructor(remark: Remark) {
    super();
    this.remark = remark;
  }
  override eq(other: RemarkWidget): boolean {
    return other.remark.text === this.remark.text && other.remark.look === this.remark.look;
  }
  override toDOM(): HTMLElement {
    const element = document.createElement('span');
    element.className = `remark remark-${this.remark.look}`;
    element.textContent = plain(this.remark.text);
    element.title = plain(this.remark.title);
    return element;
  }
}

class CountMarker extends GutterMarker {
  readonly note: Note;
  constructor(note: Note) {
    super();
    this.note = note;
    this.elementClass = note.count === 0 ? 'heat-none' : `heat-${note.heat ?? 0}`;
  }
  override eq(other: CountMarker): boolean {
    return other.note.count === this.note.count && other.note.heat === this.note.heat;
  }
  override toDOM(): Text {
    return document.createTextNode(
      this.note.count === undefined ? '' : this.note.count === 0 ? '·' : `${short(this.note.count)}×`,
    );
  }
}

const short = (count: number): string =>
  count < 10_000
    ? String(count)
    : count < 1_000_000
      ? `${Math.round(count / 1000)}k`
      : `${(count / 1_000_000).toFixed(1)}M`;

interface Shown {
  readonly marks: DecorationSet;
  readonly counts: RangeSet<GutterMarker>;
}

const nothing: Shown = { marks: Decoration.none, counts: RangeSet.empty };

const shown = StateField.define<Shown>({
  create: () => nothing,
  update: (before, transaction) => {
    const notes = transaction.effects.find((effect) => effect.is(setNotes))?.value;
    if (notes !== undefined) return drawn(notes, transaction.state);
    if (!transaction.docChanged) return before;
    return { marks: before.marks.map(transaction.changes), counts: before.counts.map(transaction.changes) };
  },
  provide: (field) => [
    EditorView.decorations.from(field, ({ marks }) => marks),
    gutter({ class: 'counts', markers: (view) => view.state.field(field).counts }),
  ],
});

function drawn(notes: Notes, { doc }: EditorState): Shown {
  const marks = new RangeSetBuilder<Decoration>();
  const counts = new RangeSetBuilder<GutterMarker>();
  for (const [number, note] of [...notes].sort(([one], [other]) => one - other)) {
    if (number < 1 || number > doc.lines) continue;
    const line = doc.line(number);
    if (note.look) marks.add(line.from, line.from, Decoration.line({ class: note.look }));
    for (const remark of note.remarks ?? [])
      marks.add(line.to, line.to, Decoration.widget({ widget: new RemarkWidget(remark), side: 1 }));
    if (note.count !== undefined) counts.add(line.from, line.from, new CountMarker(note));
  }
  return { marks: marks.finish(), counts: counts.finish() };
}

export const noting = shown;
