/** What of a prompt stands where instructions do: all text outside of the fences that the layer `model` puts around data. */

/** Text of a message without its data; the labels' lines, which are ours, stay. */
export function outsideData(text: string): string {
  const kept: string[] = [];
  let fence: string | null = null;
  let previous = '';
  for (const line of text.split('\n')) {
    if (fence === null) {
      const opened = /^(`{3,})[\w+#.-]*$/.exec(line)?.[1];
      if (opened !== undefined && previous.endsWith(', as data:')) fence = opened;
      else kept.push(line);
    } else if (line === fence) fence = null;
    previous = line;
  }
  return kept.join('\n');
}
