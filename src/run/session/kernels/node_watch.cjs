/**
 * The thread of a JavaScript kernel that reads its channel, and so hears that a cell is to stop while the cell computes without end.
 *
 * Cells are passed on to the kernel's own thread. A wish to stop is passed on too, which is enough where the cell waits; where that thread does not answer in
 * time, V8 is told to end what runs there. The first part of the state says who ends a cell: its number while it runs, minus its number when V8 was told, 0 when
 * none runs. The second is the number of the last that was begun.
 *
 * A cell that was interrupted while it waited may go on when what it waited for comes, and compute without end then. That is ended when another cell wants to begin.
 */
'use strict';

const inspector = require('node:inspector');
const { Socket } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');

/** A cell that waits is answered for within some ms; on a busy machine in the time of a few turns. */
const patienceMs = 20;
/** What is left of a cell that was interrupted has so long when the next one comes. */
const leftMs = 250;
const kinds = { cell: 1, interrupt: 2 };
const state = new Int32Array(workerData);

let wasInterrupted = false;

/** @param then told when V8 has ended what runs */
function terminate(then) {
  // Connected for no longer than that: Node waits at its end for whoever is.
  const session = new inspector.Session();
  session.connectToMainThread();
  session.post('Runtime.terminateExecution', () => {
    session.disconnect();
    parentPort.postMessage(then);
  });
}

function begin(cell) {
  parentPort.postMessage({ cell });
  if (wasInterrupted) setTimeout(() => clear(cell), leftMs);
}

/** Ends what an interrupted cell left, if that keeps this one from its beginning. */
function clear(cell) {
  if (Atomics.load(state, 1) >= cell.count) return;
  if (Atomics.compareExchange(state, 0, 0, -cell.count) === 0) terminate({ cleared: cell });
}

function interrupt({ count }) {
  wasInterrupted = true;
  parentPort.postMessage({ interrupt: count });
  setTimeout(() => {
    if (Atomics.compareExchange(state, 0, count, -count) === count) terminate({ terminated: count });
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
    if (kind === kinds.cell) begin(message);
    else if (kind === kinds.interrupt) interrupt(message);
  }
});
channel.on('end', () => parentPort.postMessage({ end: true }));
parentPort.postMessage({ ready: true });
