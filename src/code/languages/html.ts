/**
 * HTML: scripts and styles by their own languages; of the markup the elements with an `id`, headings, and custom elements
 * that are used. Handlers in attributes are text.
 */
import type { EmbeddedLanguage } from './language.ts';
import { guestOf, pageGuests, readPage } from './pages.ts';

const headings = new Set(['title', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);

export const html: EmbeddedLanguage = {
  form: 'embedded',
  code: true,
  name: 'html',
  displayName: 'HTML',
  extensions: ['html', 'htm', 'xhtml', 'shtml'],
  openings: ['<!DOCTYPE html', '<!doctype html'],
  guests: pageGuests,
  read: (text) =>
    readPage(text, {
      headings,
      languageOf: (tag) => guestOf(tag, 'javascript'),
      isComponent: (name) => /^[a-z][a-z0-9]*-[\w-]+$/.test(name),
    }),
};
