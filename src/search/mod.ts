export type { Explanation, Hit, Mode, Query, SearchAnswer, SearchOptions, SnippetLine } from './types.ts';
