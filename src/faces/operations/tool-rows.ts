/** Rows of the tools that published agents were written for. Each also answers to the names that its agent calls it by. */
import type { OperationRow } from './table.ts';

const tools = async () => await import('./tools.ts');

export const toolRows: readonly OperationRow[] = [
  {
    name: 'tool search-entity',
    aliases: ['tool SearchEntity', 'tool search_code_snippets'],
    summary: 'LocAgent: entities by name, id or words',
    load: async () => (await tools()).searchEntityOperation,
  },
  {
    name: 'tool traverse-graph',
    aliases: ['tool TraverseGraph', 'tool explore_tree_structure'],
    summary: 'LocAgent: what entities depend on, or what depends on them, as a tree',
    load: async () => (await tools()).traverseGraphOperation,
  },
  {
    name: 'tool retrieve-entity',
    aliases: ['tool RetrieveEntity', 'tool get_entity_contents'],
    summary: 'LocAgent: the whole code of entities',
    load: async () => (await tools()).retrieveEntityOperation,
  },
  {
    name: 'tool search-class',
    aliases: ['tool search_class'],
    summary: 'AutoCodeRover: signatures of a class and its members',
    load: async () => (await tools()).searchClassOperation,
  },
  {
    name: 'tool search-class-in-file',
    aliases: ['tool search_class_in_file'],
    summary: 'AutoCodeRover: the code of a class in a file',
    load: async () => (await tools()).searchClassInFileOperation,
  },
  {
    name: 'tool search-method',
    aliases: ['tool search_method'],
    summary: 'AutoCodeRover: the code of a method or function',
    load: async () => (await tools()).searchMethodOperation,
  },
  {
    name: 'tool search-method-in-class',
    aliases: ['tool search_method_in_class'],
    summary: 'AutoCodeRover: the code of a method of a class',
    load: async () => (await tools()).searchMethodInClassOperation,
  },
  {
    name: 'tool search-method-in-file',
    aliases: ['tool search_method_in_file'],
    summary: 'AutoCodeRover: the code of a method or function in a file',
    load: async () => (await tools()).searchMethodInFileOperation,
  },
  {
    name: 'tool search-code',
    aliases: ['tool search_code'],
    summary: 'AutoCodeRover: where a piece of code stands, as written',
    load: async () => (await tools()).searchCodeOperation,
  },
  {
    name: 'tool search-code-in-file',
    aliases: ['tool search_code_in_file'],
    summary: 'AutoCodeRover: where a piece of code stands in a file',
    load: async () => (await tools()).searchCodeInFileOperation,
  },
  {
    name: 'tool get-code-around-line',
    aliases: ['tool get_code_around_line'],
    summary: 'AutoCodeRover: lines around a line of a file',
    load: async () => (await tools()).getCodeAroundLineOperation,
  },
  {
    name: 'tool get-class-full-snippet',
    aliases: ['tool get_class_full_snippet'],
    summary: 'AutoCodeRover: the whole code of a class',
    load: async () => (await tools()).getClassFullSnippetOperation,
  },
  {
    name: 'tool get-file-content',
    aliases: ['tool get_file_content'],
    summary: 'AutoCodeRover: the whole of a file',
    load: async () => (await tools()).getFileContentOperation,
  },
];
