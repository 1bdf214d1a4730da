/**
 * The engines that hold sessions, one line each. Each is loaded when it is asked for.
 */
import type { SessionEngineModule } from './engine.ts';

export interface SessionEngineRow {
  /** A name of `session/types.ts`. */
  readonly language: string;
  /** Whether a copy of a session is a copy of its state; else cells are run again. */
  readonly copies: boolean;
  /** What it keeps less strictly than asked, in words. */
  readonly caveats?: readonly string[];
  load(): Promise<SessionEngineModule>;
}

export const sessionEngines: readonly SessionEngineRow[] = [
  {
    language: 'bash',
    copies: false,
    caveats: [
      'This Bash is an interpreter in JavaScript: output comes when a cell ends, and memory is held by the limit of its process alone.',
    ],
    load: async () => (await import('./shell.ts')).bashSessions,
  },
  { language: 'javascript', copies: true, load: async () => (await import('./quickjs.ts')).javascriptSessions },
  { language: 'python', copies: true, load: async () => (await import('./python.ts')).pythonSessions },
  { language: 'sql', copies: true, load: async () => (await import('./python.ts')).sqlSessions },
  { language: 'typescript', copies: true, load: async () => (await import('./quickjs.ts')).typescriptSessions },
];
