/** Every language, one line each. Order matters only for reading. */
import type { Language } from './language.ts';
import { typescript } from './typescript.ts';

export const languages: readonly Language[] = [typescript];

const byName = new Map(languages.map((language) => [language.name, language]));

/** @returns null for `text` and unknown names */
export const languageNamed = (name: string): Language | null => byName.get(name) ?? null;
