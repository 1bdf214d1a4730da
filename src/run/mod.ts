export type { BackendChoice, Offer } from './choose.ts';
export type { Checkup, DoctorOptions } from './doctor.ts';
export { jobLimits } from './joblimits.ts';
export { detectLanguage, type RunLanguage, runLanguage } from './languages.ts';
export { runLanguages } from './languagetable.ts';
export type { BatchEntry } from './runall.ts';
export { openRunner, type RunAllOptions, type Runner, type RunnerSettings, type RunOptions } from './runner.ts';
export { type Saved, saveFiles } from './savefiles.ts';
export type {
  Availability,
  BackendName,
  ChangedFile,
  CompileReport,
  Determinism,
  Ending,
  Grants,
  Job,
  JobFile,
  Limits,
  Outcome,
  Output,
  Pin,
  RunSettings,
  Runtime,
  Usage,
} from './types.ts';
