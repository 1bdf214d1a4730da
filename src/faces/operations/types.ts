/**
 * The operations table's row: everything a face needs to offer a verb.
 *
 * A face (CLI, later MCP and HTTP) translates words or JSON into `input`, calls
 * `run`, and prints `output`; it never decides. Rows are loaded lazily, because a
 * command that needs one verb should not pay for the schemas of all.
 */
import type { z } from 'zod';
import type { openGrams, openRepository } from '../../index/mod.ts';

/** What an operation may use of its surroundings. */
export interface Context {
  /** Directory that relative paths are relative to. */
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Reports progress; does nothing when nobody looks. `total` is `null` while unknown. */
  readonly progress: (step: { label: string; done: number; total: number | null; detail?: string }) => void;
  /** A line for the person or log beside the answer: partial, stale, ambiguous. */
  readonly notice: (text: string) => void;
  /** The environment's settings, read once by the face. */
  readonly settings: Settings;
  /** Standard input is a file of the disk, which ends; a terminal or a pipe may not. */
  readonly stdinIsFile: boolean;
  /** Bytes of standard input, for operations that read it. @throws WinnowError `bad-usage` when there are more than `limitBytes` */
  readonly readStdin: (limitBytes: number) => Promise<Uint8Array>;
  /** Somebody sits at a terminal, reads what is printed, and can answer. */
  readonly canAsk: boolean;
  /** Asks that person; null when there is no answer. Only where `canAsk`. */
  readonly ask: (question: string) => Promise<string | null>;
  /** Opens repositories that stay open between requests; a command opens its own. */
  readonly openRepository?: typeof openRepository;
  /** The same for the indexes of `grep`. */
  readonly openGrams?: typeof openGrams;
}

/** Settings from the environment, validated in `faces/settings.ts`, the only file that reads it. */
export interface Settings {
  /** `WINNOW_HOME`: where indexes are kept. */
  readonly home: string | undefined;
  /** `WINNOW_ENCODER`: see `encoder.ts`. */
  readonly encoder: string | undefined;
  /** The value of an environment variable that the user named, for a key; empty or unset: `undefined`. */
  readonly variable: (name: string) => string | undefined;
  /** Where what can be made again is kept: `home`, else the user's cache directory. */
  readonly cacheDir: string;
  /** `PATH`, split: where toolchains are looked for. */
  readonly path: readonly string[];
  /** Colour on standard output. */
  readonly color: boolean;
  /** Columns of the terminal; 100 in a pipe. */
  readonly columns: number;
}

/** A view of two streams, as bytes that are not ours: a terminal gets them with control characters made harmless. */
export interface Streams {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** What Winnow says of them, behind both, on standard error: of escape sequences only its own colours reach a terminal. */
  readonly told?: string;
}

/** Where an operation prints that prints while it runs. */
export interface Printed {
  readonly json: boolean;
  /** Standard output is a terminal. */
  readonly terminal: boolean;
  /** @returns false when nobody reads any more */
  write(part: Uint8Array | string): Promise<boolean>;
  /** To standard error. */
  writeError(part: Uint8Array | string): Promise<boolean>;
  /** Standard error is a terminal. */
  readonly errorTerminal: boolean;
  /** Bytes that are not ours, for a terminal. */
  harmless(bytes: Uint8Array): string;
  /** Standard input line by line: asked for on a terminal, as it comes from elsewhere. */
  openPrompt(options: PromptOptions): Prompt;
}

export interface PromptOptions {
  /** Lines of earlier times, oldest first, to be called back on a terminal. */
  readonly history: readonly string[];
  /** Ctrl-C on a terminal. */
  readonly onInterrupt: () => void;
}

export interface Prompt {
  /** A person types. */
  readonly terminal: boolean;
  /** @returns the next line without its end; null when there are no more; `interrupted` when Ctrl-C gave it up */
  ask(question: string): Promise<string | null | typeof interrupted>;
  close(): void;
}

export const interrupted = Symbol('interrupted');

/** How a CLI argument or flag is drawn from the input schema's property. */
export interface ArgumentRow {
  /** Property of the input. */
  readonly property: string;
  /** Name in help: `QUERY`, `PATH`. */
  readonly label: string;
  /** Takes all remaining words. */
  readonly variadic?: boolean;
}

export interface Operation<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** Verb, or two words for a verb's part: `bench retrieval`. */
  readonly name: string;
  readonly summary: string;
  /** A few paragraphs for `--help` and the reference page. */
  readonly description: string;
  readonly examples: readonly { readonly command: string; readonly does: string }[];
  /** A `z.strictObject`; each property's `.describe()` is its help, defaults are shown. Flags are properties in kebab case. */
  readonly input: Input;
  readonly output: Output;
  /** Positional arguments of the CLI, in order; the rest are flags. */
  readonly positional: readonly ArgumentRow[];
  /** One-letter flags: `{ limit: 'n' }`. */
  readonly shortFlags?: Readonly<Record<string, string>>;
  /** Flags that people expect of other tools or other verbs and that there are not, spelled as typed: why, and what to do instead. */
  readonly lacks?: Readonly<Record<string, string>>;
  /** What stands for a flag's value in help, by property: `{ wall: 'TIME' }`. Default: the flag's last word, or `N`. */
  readonly labels?: Readonly<Record<string, string>>;
  run(input: z.output<Input>, context: Context): Promise<z.output<Output>>;
  /**
   * Runs and prints as it goes, in the place of `run` and `render` where a face can: for answers that may be larger than memory.
   *
   * @returns the exit code
   */
  stream?(input: z.output<Input>, context: Context, out: Printed): Promise<number>;
  /** A person's view of the output. */
  render(output: z.output<Output>, settings: Settings): string | Streams;
  /** What is left to ask a person who has seen the view; printed behind it. Null: nothing. */
  afterwards?(output: z.output<Output>, input: z.output<Input>, context: Context): Promise<string | null>;
  /** Exit code of a finished run: 1 for a negative answer (nothing found). Only `run --exit-code` gives any other than an `ExitCode`. */
  exit(output: z.output<Output>, input: z.output<Input>): number;
}
