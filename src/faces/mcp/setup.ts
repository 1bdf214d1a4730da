/** What the common clients want written where, so that they start this server. */
import { fileURLToPath } from 'node:url';

interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

interface Client {
  /** Where it goes, or what to do. */
  readonly where: string;
  readonly text: (command: Command) => string;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The shape that most clients share. */
const mcpServers =
  (own: object = {}) =>
  (command: Command) =>
    json({ mcpServers: { winnow: { ...own, ...command } } });

const words = ({ command, args }: Command): string => [command, ...args].map(quoted).join(' ');

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

export const clients: Readonly<Record<string, Client>> = {
  'claude-code': {
    where: 'Run this command; or put the same into .mcp.json of the project as {"mcpServers": …}:',
    text: (command) => `claude mcp add --transport stdio winnow -- ${words(command)}\n`,
  },
  'claude-desktop': {
    where:
      'Settings > Developer > Edit Config opens claude_desktop_config.json. It knows no folder of its own, so name one:',
    text: mcpServers(),
  },
  cursor: { where: '.cursor/mcp.json of the project, or ~/.cursor/mcp.json for all:', text: mcpServers() },
  vscode: {
    where: '.vscode/mcp.json of the project, or "MCP: Open User Configuration" for all:',
    text: (command) => json({ servers: { winnow: { type: 'stdio', ...command } } }),
  },
  windsurf: { where: '~/.codeium/windsurf/mcp_config.json:', text: mcpServers() },
  zed: {
    where: 'settings.json (command "zed: open settings file"):',
    text: (command) => json({ context_servers: { winnow: { ...command, env: {} } } }),
  },
  codex: {
    where: '~/.codex/config.toml:',
    text: ({ command, args }) =>
      `[mcp_servers.winnow]\ncommand = ${JSON.stringify(command)}\nargs = ${JSON.stringify(args)}\n`,
  },
  'gemini-cli': {
    where: '.gemini/settings.json of the project, or ~/.gemini/settings.json for all:',
    text: mcpServers(),
  },
  opencode: {
    where: 'opencode.json of the project, or ~/.config/opencode/opencode.json for all:',
    text: ({ command, args }) =>
      json({ mcp: { winnow: { type: 'local', command: [command, ...args], enabled: true } } }),
  },
  cline: { where: 'Cline > MCP Servers > Configure opens cline_mcp_settings.json:', text: mcpServers() },
  jetbrains: { where: 'Settings > Tools > AI Assistant > Model Context Protocol > Add > As JSON:', text: mcpServers() },
  other: {
    where: 'Most clients take this shape; the command speaks MCP over standard input and output:',
    text: mcpServers(),
  },
};

/** @param directories absolute; none: the client's roots, or where it starts the server */
export function setupText(client: string, directories: readonly string[]): { where: string; text: string } {
  const found = clients[client];
  if (found === undefined) throw new Error(`no client ${client}`);
  const launcher = fileURLToPath(new URL('../../../bin/winnow.js', import.meta.url));
  const needed = client === 'claude-desktop' && directories.length === 0 ? ['/path/to/your/project'] : directories;
  // The whole path of this Node: clients with a window do not know the shell's PATH.
  return { where: found.where, text: found.text({ command: process.execPath, args: [launcher, 'mcp', ...needed] }) };
}
