/** Node's `EventEmitter`. */

type Listener = ((...args: never[]) => unknown) & { listener?: Listener };

export class EventEmitter {
  static EventEmitter = EventEmitter;
  static defaultMaxListeners = 10;
  #listeners = new Map<PropertyKey, Listener[]>();

  on(event: PropertyKey, listener: Listener): this {
    return this.#add(event, listener, false);
  }
  addListener(event: PropertyKey, listener: Listener): this {
    return this.on(event, listener);
  }
  prependListener(event: PropertyKey, listener: Listener): this {
    return this.#add(event, listener, true);
  }
  once(event: PropertyKey, listener: Listener): this {
    const wrapped: Listener = (...args) => {
      this.off(event, wrapped);
      return listener.apply(this as never, args);
    };
    wrapped.listener = listener;
    return this.on(event, wrapped);
  }
  #add(event: PropertyKey, listener: Listener, first: boolean): this {
    if (typeof listener !== 'function')
      throw Object.assign(new TypeError('The "listener" argument must be of type function'), {
        code: 'ERR_INVALID_ARG_TYPE',
      });
    if (this.#listeners.has('newListener')) this.emit('newListener', event, listener.listener ?? listener);
    const list = this.#listeners.get(event) ?? [];
    this.#listeners.set(event, first ? [listener, ...list] : [...list, listener]);
    return this;
  }
  off(event: PropertyKey, listener: Listener): this {
    const list = this.#listeners.get(event) ?? [];
    const at = list.findLastIndex((item) => item === listener || item.listener === listener);
    if (at === -1) return this;
    const rest = list.toSpliced(at, 1);
    if (rest.length > 0) this.#listeners.set(event, rest);
    else this.#listeners.delete(event);
    if (this.#listeners.has('removeListener')) this.emit('removeListener', event, listener);
    return this;
  }
  removeListener(event: PropertyKey, listener: Listener): this {
    return this.off(event, listener);
  }
  removeAllListeners(event?: PropertyKey): this {
    if (event === undefined) this.#listeners.clear();
    else this.#listeners.delete(event);
    return this;
  }
  emit(event: PropertyKey, ...args: unknown[]): boolean {
    const list = this.#listeners.get(event);
    if (list === undefined) {
      if (event !== 'error') return false;
      if (args[0] instanceof Error) throw args[0];
      throw Object.assign(new Error(`Unhandled error. (${String(args[0])})`), {
        code: 'ERR_UNHANDLED_ERROR',
        context: args[0],
      });
    }
    for (const listener of list) listener.apply(this as never, args as never[]);
    return true;
  }
  listenerCount(event: PropertyKey): number {
    return this.#listeners.get(event)?.length ?? 0;
  }
  listeners(event: PropertyKey): Listener[] {
    return (this.#listeners.get(event) ?? []).map((item) => item.listener ?? item);
  }
  rawListeners(event: PropertyKey): Listener[] {
    return [...(this.#listeners.get(event) ?? [])];
  }
  eventNames(): PropertyKey[] {
    return [...this.#listeners.keys()];
  }
  setMaxListeners(): this {
    return this;
  }
  getMaxListeners(): number {
    return EventEmitter.defaultMaxListeners;
  }
}

export function once(emitter: EventEmitter, event: PropertyKey): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const failed = (error: never) => {
      emitter.off(event, done);
      reject(error);
    };
    const done = (...args: never[]) => {
      emitter.off('error', failed);
      resolve(args);
    };
    emitter.once(event, done);
    if (event !== 'error') emitter.once('error', failed);
  });
}
