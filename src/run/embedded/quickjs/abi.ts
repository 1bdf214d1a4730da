/**
 * The names of the engine's WebAssembly module, whose build shortens them to letters.
 *
 * Read off `emscripten-module.mjs` of @jitl/quickjs-ng-wasmfile-release-sync 0.32.0. Another build has others, so the
 * module's hash is checked when it is loaded. Its JavaScript half is not used: it brings the host's clock, environment
 * and timers; what stands in for it is in `vm.ts`.
 */

/** SHA-256 of the module these names belong to. */
export const moduleHash = 'b56fe5094b8751c47b8c32fb5ed4d75afe2dbb43412d3d983ac5d1156af456da';

export const exportNames = {
  malloc: 'w',
  free: 'N',
  QTS_NewRuntime: 'L',
  QTS_NewContext: 'O',
  QTS_RuntimeSetMaxStackSize: 'E',
  QTS_RuntimeEnableModuleLoader: 'Ia',
  QTS_RuntimeEnableInterruptHandler: 'Ga',
  QTS_RuntimeDisableInterruptHandler: 'Ha',
  QTS_Eval: 'qa',
  QTS_Call: 'na',
  QTS_NewFunction: 'Ea',
  QTS_ArgvGetJSValueConstPointer: 'Fa',
  QTS_GetString: 'aa',
  QTS_GetFloat64: '_',
  QTS_GetArrayBuffer: 'ba',
  QTS_GetArrayBufferLength: 'ca',
  QTS_NewString: '$',
  QTS_NewFloat64: 'Z',
  QTS_NewArrayBuffer: 'Y',
  QTS_GetGlobalObject: 'va',
  QTS_GetProp: 'ia',
  QTS_SetProp: 'ka',
  QTS_ResolveException: 'oa',
  QTS_ExecutePendingJob: 'ha',
  QTS_IsJobPending: 'ga',
  QTS_PromiseState: 'xa',
  QTS_PromiseResult: 'ya',
  QTS_Throw: 'x',
  QTS_NewError: 'y',
  QTS_FreeValuePointer: 'Q',
  QTS_FreeCString: 'T',
  QTS_GetUndefined: 'F',
  QTS_DupValuePointer: 'U',
  QTS_Typeof: 'sa',
} as const;

export type EngineCall = keyof typeof exportNames;

/** The exports' own initialiser, `__wasm_call_ctors`. */
export const initialiser = 'v';

export const importNames = {
  memory: 'a',
  assertFailed: 'b',
  writeDescriptor: 'c',
  closeDescriptor: 'd',
  getEnvironment: 'e',
  environmentSizes: 'f',
  normalizeModule: 'g',
  loadModule: 'h',
  shouldInterrupt: 'i',
  setTimer: 'j',
  growMemory: 'k',
  keepRuntime: 'l',
  localTime: 'm',
  initTimeZone: 'n',
  seekDescriptor: 'o',
  now: 'p',
  readClock: 'q',
  abort: 'r',
  exit: 's',
  callHost: 't',
  freeHostReference: 'u',
} as const;

/** `JS_EVAL_TYPE_MODULE`, `JS_EVAL_FLAG_COMPILE_ONLY` of quickjs.h. */
export const evalModule = 1;
export const compileOnly = 32;
/** `JS_EVAL_FLAG_ASYNC`: a script may await; evaluating it gives a promise of `{ value }`. */
export const evalAsync = 128;
