/** The editor: CodeMirror with what this page needs, and a run's notes in it. */
import { bracketMatching, getIndentation, indentString, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorSelection, EditorState, Transaction } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { undoing } from './history.ts';
import { type Notes, noting, setNotes } from './notes.ts';
import { supportOf } from './support.ts';

interface Props {
  readonly text: string;
  readonly language: string;
  readonly readOnly: boolean;
  /** Number of the first line. */
  readonly first: number;
  readonly notes: Notes;
  /** Line of the document, from 1, to keep in sight. */
  readonly inSight: number | null;
  onChange(text: string): void;
  onRun(): void;
  onLine(line: number): void;
}

export function Editor(props: Props) {
  const { text, language, readOnly, first, notes, inSight } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef(props);
  now.current = props;
  const parts = useRef({ language: new Compartment(), readOnly: new Compartment(), numbers: new Compartment() });

  useEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const nonce = document.querySelector<HTMLMetaElement>('meta[name="winnow-nonce"]')?.content ?? '';
    const { language: languagePart, readOnly: readOnlyPart, numbers } = parts.current;
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: now.current.text,
        extensions: [
          EditorView.cspNonce.of(nonce),
          EditorState.allowMultipleSelections.of(false),
          numbers.of(lineNumbers()),
          noting,
          undoing,
          highlightSpecialChars({ addSpecialChars: /[\u202a-\u202e\u2060-\u2069\u{e0000}-\u{e007f}]/u }),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          syntaxHighlighting(classHighlighter),
          languagePart.of([]),
          readOnlyPart.of([]),
          EditorView.contentAttributes.of({
            'aria-label': 'Program',
            spellcheck: 'false',
            tabindex: '0',
            autocapitalize: 'off',
          }),
          keymap.of([
            {
              key: 'Mod-Enter',
              run: () => {
                now.current.onRun();
                return true;
              },
            },
            { key: 'Enter', run: newLine },
            {
              key: 'Escape',
              run: (editing) => {
                editing.contentDOM.blur();
                return true;
              },
            },
          ]),
          EditorView.updateListener.of((update) => {
            const outside = update.transactions.some((one) => one.annotation(Transaction.addToHistory) === false);
            if (update.docChanged && !outside) now.current.onChange(update.state.doc.toString());
          }),
          EditorView.domEventHandlers({
            dblclick: (event, editing) => {
              const at = editing.posAtCoords(event);
              if (at !== null) now.current.onLine(editing.state.doc.lineAt(at).number);
            },
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  // At once, not after the drawing: what is typed in between would be taken for a text from outside, and what can be undone be gone.
  useLayoutEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === text) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: text },
      annotations: Transaction.addToHistory.of(false),
    });
  }, [text]);
  useEffect(() => {
    let gone = false;
    void supportOf(language).then((support) => {
      if (!gone) view.current?.dispatch({ effects: parts.current.language.reconfigure(support ?? []) });
    });
    return () => {
      gone = true;
    };
  }, [language]);
  useEffect(() => {
    view.current?.dispatch({
      effects: [
        parts.current.readOnly.reconfigure([EditorState.readOnly.of(readOnly)]),
        parts.current.numbers.reconfigure(lineNumbers({ formatNumber: (line) => String(line + first - 1) })),
      ],
    });
  }, [readOnly, first]);
  useEffect(() => {
    view.current?.dispatch({ effects: setNotes.of(notes) });
  }, [notes, text]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null || inSight === null || inSight < 1 || inSight > editor.state.doc.lines) return;
    editor.dispatch({
      effects: EditorView.scrollIntoView(editor.state.doc.line(inSight).from, { y: 'nearest', yMargin: 60 }),
    });
  }, [inSight, text]);
  return <div ref={place} class="editor" />;
}

/** A new line as far in as the language wants it; as the one before where it does not say. */
function newLine(view: EditorView): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const { from, to } = state.selection.main;
  const simulated = state.update({ changes: { from, to, insert: '\n' } }).state;
  const before = /^\s*/.exec(state.doc.lineAt(from).text)?.[0] ?? '';
  const columns = getIndentation(simulated, from + 1);
  const indent = columns === null ? before : indentString(state, columns);
  view.dispatch({
    changes: { from, to, insert: `\n${indent}` },
    selection: EditorSelection.cursor(from + 1 + indent.length),
    scrollIntoView: true,
    userEvent: 'input.type',
  });
  return true;
}
