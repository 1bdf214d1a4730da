/**
 * Where the rows of a recording go: a file beside the program, of its own for each process and thread.
 *
 * Rows are gathered and written in one piece after so many characters. Past the limit of bytes nothing more is written but counts and the end.
 */
'use strict';
const fs = require('node:fs');

const { openSync, writeSync } = fs;
const { stringify } = JSON;

/** Written as soon as there is so much: some thousand events. */
const flushAt = 100_000;

function threadHere() {
  try {
    const { isMainThread, threadId } = require('node:worker_threads');
    return isMainThread ? 0 : threadId;
  } catch {
    // An engine without threads.
    return 0;
  }
}

exports.writerFor = function writerFor(limits, { plan, codes }) {
  const thread = threadHere();
  const { pid } = process;
  let place = `${__dirname}/trace.jsonl`;
  let fd = -1;
  let waiting = '';
  let events = limits.events;
  let bytes = limits.bytes;
  let isFull = false;

  try {
    if (thread > 0) throw new Error('not the first');
    fd = openSync(place, 'wx');
  } catch {
    place = `${__dirname}/trace-${pid}${thread > 0 ? `000${thread}` : ''}.jsonl`;
    fd = openSync(place, 'a');
  }

  function put(text) {
    try {
      writeSync(fd, text);
    } catch {
      // The program may have closed what it did not open.
      try {
        fd = openSync(place, 'a');
        writeSync(fd, text);
      } catch {
        isFull = true;
      }
    }
  }

  const writer = {
    /** Executions of lines that are no events, since the event before. */
    skipped: 0,
    /** Other events left out. */
    dropped: 0,
    hasRoom: () => events > 0,
    event(text) {
      events--;
      const { skipped } = writer;
      writer.skipped = 0;
      writer.row(skipped > 0 ? `"skip":${skipped},${text}` : text);
    },
    row(text) {
      if (isFull) {
        writer.dropped++;
        return;
      }
      waiting += `{${text}}\n`;
      if (waiting.length > flushAt) writer.flush();
    },
    /** What no limit leaves out. */
    always(text) {
      writer.flush();
      put(`{${text}}\n`);
    },
    flush() {
      const text = waiting;
      waiting = '';
      if (text === '') return;
      bytes -= text.length;
      if (bytes < 0) {
        isFull = true;
        events = 0;
        let rows = 0;
        for (let at = 0; at < text.length; at++) if (text[at] === '\n') rows++;
        writer.dropped += rows;
      } else put(text);
    },
    end() {
      writer.flush();
      put(`{"e":"end","skip":${writer.skipped},"dropped":${writer.dropped}}\n`);
      // A handler of the program's may still run, and then the recording ends again.
      writer.skipped = 0;
      writer.dropped = 0;
    },
  };

  const engine = process.versions.quickjs === undefined ? `Node ${process.versions.node}` : 'QuickJS-ng';
  const head = { format: 'winnow.recording/1', language: plan.language, runtime: engine, level: plan.level, limits };
  put(`${stringify(head)}\n`);
  for (let c = 0; c < codes.length; c++) {
    const [file, name, kind, line, end] = codes[c];
    waiting += `${stringify({ e: 'code', c, file, name, kind, line, end })}\n`;
  }
  put(waiting);
  waiting = '';
  return writer;
};
