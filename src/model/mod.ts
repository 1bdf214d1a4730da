export { type Budget, type BudgetLimits, openBudget, type Spent, type SpentBefore } from './budget.ts';
export type { CacheMode, CacheOptions } from './cache.ts';
export { type ConfiguredProvider, type ModelConfig, readModelConfig } from './config.ts';
export { type ModelOptions, type OpenedModel, openModel } from './open.ts';
export { type Price, priceOf } from './prices.ts';
export { type ProviderReport, type ProviderState, probeProviders } from './probe.ts';
export { recordedModels } from './recording.ts';
export { dataNotice, type RenderedMessage, renderMessages, visible } from './render.ts';
export { usualMaxTokens } from './request.ts';
export { type Act, type Asked, readScript, type Script } from './scripted/script.ts';
export { type ScriptedServer, startScripted } from './scripted/server.ts';
export { makeFolder } from './textfile.ts';
export {
  type Answer,
  type Capability,
  capabilities,
  type Message,
  type Model,
  type Part,
  type Reply,
  type ReplyEnding,
  type Request,
  replyEndings,
  type Sampling,
  type TokenLogProbability,
  type Tool,
  type ToolCall,
  type Usage,
} from './types.ts';
