// What a config file may import from this package.

export {
  type BotpressInput,
  type ChatBotKitInput,
  type ChatlingInput,
  type ConfigInput,
  defineConfig,
  type LogLevel,
  type PinkfishInput,
  type ProviderInput,
  type SharedInput,
  type StackAuthInput,
} from './config/config.ts';
