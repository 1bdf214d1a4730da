/** What a tool is, and what it may use: the nouns of the face for agents. */
import type { z } from 'zod';
import type { Settings } from '../operations/types.ts';
import type { Roots } from '../served/within.ts';
import type { Outputs } from './outputs.ts';

/** A call's way to the operations, and to what outlives the call. */
export interface Call {
  /** Directory that is meant where none is named, absolute. */
  readonly directory: string;
  readonly roots: Roots;
  readonly settings: Settings;
  readonly outputs: Outputs;
  /**
   * Asks an operation of the table, with the roots held.
   *
   * @throws WinnowError as the operation; `path-refused`
   */
  ask<Output>(operation: string, input: Readonly<Record<string, unknown>>): Promise<Asked<Output>>;
}

export interface Asked<Output> {
  readonly output: Output;
  /** As a person reads it, without colours. Streams of a program come apart. */
  render(): string;
  /** What is said of a program's streams, where the view is one of streams. */
  told(): string;
}

/** The same answer twice: to be read, and to be taken apart. Each keeps within the budget. */
export interface Told {
  readonly text: string;
  readonly structured: Readonly<Record<string, unknown>>;
}

export type Answering<Input> = (given: Input, call: Call) => Promise<Told>;

export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  /** One line on when to prefer it over grep, then what an agent has to know. */
  readonly description: string;
  readonly input: Input;
  readonly output: Output;
  /** Its parameters for properties of the operation that have other names there. */
  readonly renames?: Readonly<Record<string, string>>;
  /** Runs code, in the sandbox; the others only read. */
  readonly runs: boolean;
  /** What answers it, loaded when it is first called: a client that only asks what there is need not wait for it. */
  load(): Promise<Answering<z.output<Input>>>;
}
