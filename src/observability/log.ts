// What the rest of the house may say to an operator; how it is written down is main's business.

import type { Meter } from './meter.ts';
import { trailNow } from './trail.ts';

export interface Log {
  debug(fields: LogFields, sentence: string): void;
  info(fields: LogFields, sentence: string): void;
  warn(fields: LogFields, sentence: string): void;
  error(fields: LogFields, sentence: string): void;
}

/** Never a credential, never what people wrote to each other. */
export type LogFields = Readonly<Record<string, unknown>>;

const unsaid = () => undefined;

/** For what runs for a moment, and says what it found in another way. */
export const NO_LOG: Log = { debug: unsaid, info: unsaid, warn: unsaid, error: unsaid };

/** Each line tells what it is part of, and those that tell of trouble are counted. */
export function carrying(log: Log, meter: Meter): Log {
  return {
    debug: (fields, sentence) => log.debug(carried(fields), sentence),
    info: (fields, sentence) => log.info(carried(fields), sentence),
    warn(fields, sentence) {
      meter.count('parlance_log_lines_total', { level: 'warn' });
      log.warn(carried(fields), sentence);
    },
    error(fields, sentence) {
      meter.count('parlance_log_lines_total', { level: 'error' });
      log.error(carried(fields), sentence);
    },
  };
}

function carried(fields: LogFields): LogFields {
  const trail = trailNow();
  if (!trail) return fields;
  const { span: _span, ...told } = trail;
  return { ...told, ...fields };
}
