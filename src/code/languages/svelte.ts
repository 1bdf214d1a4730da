/**
 * Svelte's single files: scripts and styles by their own languages, the markup for the components and ids it names. What
 * stands in `{…}` is text.
 */
import type { EmbeddedLanguage } from './language.ts';
import { guestOf, pageGuests, readPage } from './pages.ts';

export const svelte: EmbeddedLanguage = {
  form: 'embedded',
  code: true,
  name: 'svelte',
  displayName: 'Svelte',
  extensions: ['svelte'],
  guests: pageGuests,
  read: (text) =>
    readPage(text, {
      headings: new Set(),
      languageOf: (tag) => guestOf(tag, 'javascript'),
      isComponent: (name) => /^[A-Z]/.test(name),
    }),
};
