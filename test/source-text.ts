/** Source text that is different for each number and has something to find: `subject17`. */
export function sourceText(number: number): string {
  return `export function subject${number}(value: number): number {\n  return helper${number % 7}(value) + ${number};\n}\n`;
}
