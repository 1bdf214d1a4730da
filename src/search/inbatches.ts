/** Files in batches for threads: each large enough to hide what handing it over costs, small enough to be told soon. */

/** @param most a batch is full with as many files, or with as many bytes; files of unknown size have -1 */
export function inBatches<File extends { readonly bytes: number }>(
  files: readonly File[],
  most: { readonly files: number; readonly bytes: number },
): File[][] {
  const batches: File[][] = [];
  let current: File[] = [];
  let bytes = 0;
  for (const file of files) {
    current.push(file);
    bytes += Math.max(0, file.bytes);
    if (current.length < most.files && bytes < most.bytes) continue;
    batches.push(current);
    current = [];
    bytes = 0;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
