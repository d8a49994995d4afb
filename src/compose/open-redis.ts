// What gateways share, reached the way the config says: one server, one found through Sentinels, or a cluster.

import type { RedisConfig } from '../config/config.ts';
import type { Log } from '../observability/log.ts';
import { openRedis, type RedisDoor, type RedisPlace } from '../state/redis.ts';

export function openRedisAt(redis: RedisConfig, log: Log): RedisDoor {
  return openRedis({ ...placeOf(redis), log });
}

function placeOf(redis: RedisConfig): RedisPlace & { readonly prefix?: string } {
  const prefix = redis.prefix === undefined ? {} : { prefix: redis.prefix };
  if ('url' in redis) return { url: redis.url.reveal(), ...prefix };
  if ('cluster' in redis) return { cluster: redis.cluster.map((url) => url.reveal()), ...prefix };
  const { name, username, password } = redis;
  return {
    sentinels: redis.sentinels.map((url) => url.reveal()),
    name,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...prefix,
  };
}
