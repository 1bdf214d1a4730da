/** Languages that can be read, and how a name of one is known. */
export const riskLanguages = ['python', 'javascript', 'typescript', 'tsx', 'bash'] as const;
export type RiskLanguage = (typeof riskLanguages)[number];

export const isRiskLanguage = (name: string): name is RiskLanguage =>
  (riskLanguages as readonly string[]).includes(name);

export const pathFor: Readonly<Record<RiskLanguage, string>> = {
  python: 'code.py',
  javascript: 'code.js',
  typescript: 'code.ts',
  tsx: 'code.tsx',
  bash: 'code.sh',
};
