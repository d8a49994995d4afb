// What an operator is told where a gateway could not start: what is in the way, and what to do about it.

import type { Config } from '../config/config.ts';

/** Where it was to listen. */
interface Listening {
  readonly server: Pick<Config['server'], 'port' | 'host'>;
  readonly metrics?: Config['metrics'];
}

export function startMistake(error: unknown, config: Listening): string {
  const said = error instanceof Error ? error.message : String(error);
  return whereItListens(error, config) ?? `The gateway could not start: ${said}`;
}

function whereItListens(error: unknown, { server, metrics }: Listening): string | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  const port = 'port' in error && typeof error.port === 'number' ? error.port : server.port;
  const another =
    port === metrics?.port ? 'metrics.port in the config' : 'PORT=4001 npx parlance start';
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken. Stop what listens there, or choose another: ${another}`;
    case 'EACCES':
      // Of a file it is another matter.
      if (!('syscall' in error && error.syscall === 'listen')) return undefined;
      return `Port ${port} is not for this user. Choose one above 1023: ${another}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND': {
      const host = hostIn(error);
      if (host === undefined) return undefined;
      if (host !== server.host && host !== metrics?.host) return undefined;
      const setting = host === server.host ? 'server.host' : 'metrics.host';
      return `This machine has no address ${host}. Correct ${setting}: 127.0.0.1 is reached from here alone, 0.0.0.0 from everywhere.`;
    }
    default:
      return undefined;
  }
}

function hostIn(error: Error): string | undefined {
  if ('address' in error && typeof error.address === 'string') return error.address;
  return 'hostname' in error && typeof error.hostname === 'string' ? error.hostname : undefined;
}
