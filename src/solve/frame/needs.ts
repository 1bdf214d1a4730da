/** Whether a strategy can work at all with this task, model and machine: said before anything is spent. */
import { WinnowError } from '../../base/mod.ts';
import type { Task } from '../types.ts';
import type { Surroundings } from './kit.ts';
import type { Strategy } from './strategy.ts';

/**
 * Languages whose runs are traced with values in a form that blocks can be told from, that have sessions, and that run with parts missing, as `run` has them. What this machine has is asked of it.
 */
const traced = new Set(['python', 'javascript', 'typescript']);

/** @throws WinnowError `strategy-needs`, with all that is missing; `unknown-language` */
export async function checkNeeds(
  { name, needs }: Strategy,
  task: Task,
  { model, runner }: Pick<Surroundings, 'model' | 'runner'>,
): Promise<void> {
  const missing: string[] = [];
  for (const capability of needs.model)
    if (!model.capabilities.has(capability)) missing.push(`a model that gives ${capability}; ${model.id} does not`);
  if (needs.task.includes('visible') && task.visible.length === 0)
    missing.push('a visible test; the task has none (an example in its documentation, or --test)');
  if (needs.task.includes('entry') && task.entry === null)
    missing.push('the name of the function that is wanted; the task asks for a whole program (--entry)');
  if (needs.task.includes('no-method') && task.method != null)
    missing.push(`a function or a program; ${task.method.owner}.${task.entry} is a method`);
  if (needs.task.includes('python') && task.language !== 'python')
    missing.push(`a task in Python; this one is in ${task.language}`);
  if (needs.run.includes('trace') && !traced.has(task.language))
    missing.push(`runs that can be traced with values; those of ${task.language} cannot`);
  if (missing.length === 0 && (needs.run.length > 0 || task.visible.length > 0)) {
    const ready = (await runner.offers()).filter(({ runtimes }) =>
      runtimes.some(({ language, state }) => language === task.language && state === 'ready'),
    );
    if (ready.length === 0) missing.push(`${task.language} on this machine (winnow run --doctor says what is missing)`);
    else if (task.language === 'python' && task.entry !== null && !ready.some(({ backend }) => backend === 'native'))
      missing.push('Python in the native sandbox, in which candidates are compared (winnow run --doctor)');
  }
  if (missing.length > 0)
    throw new WinnowError('strategy-needs', `The strategy ${name} needs ${missing.join('; and ')}.`, {
      details: { strategy: name, missing },
    });
}
