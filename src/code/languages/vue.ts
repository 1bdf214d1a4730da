/**
 * Vue's single files: scripts and styles by their own languages, the template for the components and ids it names. What
 * stands in `{{ … }}` and in directives is text. Styles in Sass without braces and in Stylus are text.
 */
import type { EmbeddedLanguage } from './language.ts';
import { guestOf, pageGuests, readPage } from './pages.ts';

/** Of the framework itself. */
const builtIn = /^(Transition|TransitionGroup|KeepAlive|Teleport|Suspense|component|slot|template)$/;

export const vue: EmbeddedLanguage = {
  form: 'embedded',
  code: true,
  name: 'vue',
  displayName: 'Vue',
  extensions: ['vue'],
  guests: pageGuests,
  read: (text) =>
    readPage(text, {
      headings: new Set(),
      languageOf: (tag) => guestOf(tag, 'javascript'),
      isComponent: (name) => /^[A-Z]|^[a-z]\w*-[\w-]+$/.test(name) && !builtIn.test(name),
    }),
};
