/**
 * The thread of a JavaScript kernel that reads its channel, and so hears that a cell is to stop while the cell computes without end.
 *
 * Cells are passed on to the kernel's own thread. A wish to stop is passed on too, which is enough where the cell waits; where that thread does not answer in
 * time, V8 is told to end what runs there. The state says who ends a cell: its number while it runs, minus its number when V8 was told, 0 when it is over.
 */
'use strict';

const inspector = require('node:inspector');
const { Socket } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');

/** A cell that waits is answered for within some ms; on a busy machine in the time of a few turns. */
const patienceMs = 20;
const kinds = { cell: 1, interrupt: 2 };
const state = new Int32Array(workerData);

function interrupt({ count }) {
  parentPort.postMessage({ interrupt: count });
  setTimeout(() => {
    if (Atomics.compareExchange(state, 0, count, -count) !== count) return;
    // Connected for no longer than that: Node waits at its end for whoever is.
    const session = new inspector.Session();
    session.connectToMainThread();
    session.post('Runtime.terminateExecution', () => {
      session.disconnect();
      parentPort.postMessage({ terminated: count });
    });
  }, patienceMs);
}

let inbox = Buffer.alloc(0);
const channel = new Socket({ fd: 3, readable: true, writable: false, allowHalfOpen: true });
channel.on('data', (piece) => {
  inbox = Buffer.concat([inbox, piece]);
  while (inbox.length >= 5 && inbox.length >= 5 + inbox.readUInt32LE(0)) {
    const end = 5 + inbox.readUInt32LE(0);
    const kind = inbox.readUInt8(4);
    const message = JSON.parse(inbox.toString('utf8', 5, end));
    inbox = inbox.subarray(end);
    if (kind === kinds.cell) parentPort.postMessage({ cell: message });
    else if (kind === kinds.interrupt) interrupt(message);
  }
});
channel.on('end', () => parentPort.postMessage({ end: true }));
parentPort.postMessage({ ready: true });
