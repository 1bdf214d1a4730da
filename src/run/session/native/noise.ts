/**
 * Takes out of a stream the lines that a kernel's runtime writes about the sandbox, and that nobody asked for.
 *
 * An interactive Bash, which ours has to be for the sake of SIGINT, puts its terminal back in order when a command was ended by a signal (`yes | head`),
 * and complains that there is none. What may be the beginning of such a line waits for the rest of it, or for the end of the cell.
 */

/** `bash: [2: 1 (255)] tcsetattr: Inappropriate ioctl for device`. Source: `set_tty_state` in jobs.c of Bash 5.2. */
const line = /bash: \[\d+: \d+ \(\d+\)\] tcsetattr: [^\n]{0,100}\n/g;
/** The same, as far as it has come. */
const beginning =
  /(?:b|ba|bas|bash|bash:|bash: |bash: \[\d*|bash: \[\d+:(?: \d*)?|bash: \[\d+: \d+ \(?\d*\)?\]?|bash: \[\d+: \d+ \(\d+\)\] [^\n]{0,120})$/;

export class Noise {
  #held = '';

  /** @returns what is no noise, as far as that is known */
  pass(bytes: Uint8Array): Uint8Array {
    const text = (this.#held + Buffer.from(bytes).toString('latin1')).replace(line, '');
    const from = beginning.exec(text)?.index ?? text.length;
    this.#held = text.slice(from);
    return Buffer.from(text.slice(0, from), 'latin1');
  }

  /** The cell is over, and so is its last line. */
  rest(): Uint8Array {
    const held = this.#held;
    this.#held = '';
    return Buffer.from(held, 'latin1');
  }
}
