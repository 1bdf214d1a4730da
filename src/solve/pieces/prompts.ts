/**
 * Prompts are built here: what we say is an instruction, and everything that came from elsewhere is data.
 *
 * The task's own text is data too: it may come out of a repository or a benchmark, and what it says is what is wanted, not what is to be done with this conversation. So are programs, outputs and
 * whatever the model itself wrote before.
 */
import type { Message, Part } from '../../model/mod.ts';
import { runLanguage } from '../../run/mod.ts';
import type { Task } from '../types.ts';
import { calledName } from './methods.ts';

export const say = (text: string): Part => ({ kind: 'instruction', text });
export const data = (label: string, text: string, language?: string): Part => ({
  kind: 'data',
  label,
  text,
  ...(language === undefined ? {} : { language }),
});

/** A request of one turn: who the model is, and what is wanted. */
export const conversation = (role: string, parts: readonly Part[]): readonly Message[] => [
  { role: 'system', parts: [say(role)] },
  { role: 'user', parts },
];

/** What is wanted, with all that a strategy may show of it. */
export function taskParts(task: Task, options: { readonly tests?: boolean } = {}): Part[] {
  const { language, context, visible } = task;
  const parts = [
    // A path is a stranger's text as well, so it stands inside.
    ...context.map(({ label, text, language: written }) => data('related code', `${label}\n\n${text}`, written)),
    say('This is the task:'),
    data('task', task.text, task.stub === null ? undefined : language),
  ];
  if (options.tests !== false && visible.length > 0)
    parts.push(say('These are tests that it must pass:'), data('tests', testsText(task), language));
  return parts;
}

export const testsText = ({ visible }: Task): string =>
  visible
    .map(({ source, expected }) => (expected === null ? source : `input:\n${source}\noutput:\n${expected}`))
    .join('\n');

/** How a program is to be given, so that it can be taken out of the reply. */
export function programForm(task: Task): Part {
  const { label, name } = runLanguage(task.language);
  const what =
    task.entry === null
      ? 'the whole program'
      : task.method != null
        ? `the whole method ${calledName(task)} as a function at the left margin, with the decorators and parameters that it has in its class, and above it the imports and helper functions that it needs, without the class,`
        : `the whole function ${task.entry}, with the imports and helper functions that it needs`;
  return say(
    `Give ${what} in ${label}, in one block that begins with \`\`\`${name} and ends with \`\`\`. No tests and no examples of use in it.`,
  );
}

export const programmer = (task: Task): string =>
  `You write correct, plain programs in ${runLanguage(task.language).label}.`;
