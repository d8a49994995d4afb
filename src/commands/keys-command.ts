// `parlance keys`: makes API keys, lists and revokes them, in the file that the config names.

import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type CommandDef, defineCommand } from 'citty';
import { openRedisAt } from '../compose/open-redis.ts';
import type { Config, RedisConfig } from '../config/config.ts';
import { NO_LOG } from '../observability/log.ts';
import { changeFile } from '../security/change-file.ts';
import { keyIdIn, makeKey } from '../security/key.ts';
import {
  type KeyFile,
  type KeyRecord,
  NO_KEYS,
  parseKeyFile,
  writtenKeyFile,
} from '../security/key-file.ts';
import { redisRevocations } from '../state/revocations/redis.ts';
import { keysTable, plain } from './keys-table.ts';
import { readGrant } from './keys-words.ts';

export interface KeysCommandParts {
  /** Fails by itself where the config is wrong, or where words are left that nobody knows. */
  load(words: {
    readonly _: readonly string[];
    readonly config?: string | undefined;
  }): Promise<Config | undefined>;
  print(text: string): void;
  /** Beside the output: what a script does not read. */
  remark(sentence: string): void;
  fail(sentences: readonly string[]): void;
}

const config = {
  type: 'string',
  description: 'The config file',
  valueHint: 'parlance.config.yaml',
} as const;

export function keysCommand({ load, print, remark, fail }: KeysCommandParts): CommandDef {
  const create = defineCommand({
    meta: { name: 'create', description: 'Make an API key, and print it this once' },
    args: {
      config,
      name: { type: 'string', description: 'What it is for', valueHint: 'CI' },
      scopes: { type: 'string', description: 'What it may do', valueHint: 'read,write' },
      providers: { type: 'string', description: 'Accounts, or all', valueHint: 'website,help' },
      contact: { type: 'string', description: 'Confines it', valueHint: 'website:user_1' },
      expires: { type: 'string', description: 'How long it is good', valueHint: '90d' },
    },
    run: async ({ args }) => {
      const { name, scopes, providers, contact, expires, ...words } = args;
      const place = placeIn(await load(words));
      if (!place) return;
      const read = readGrant(
        { name, scopes, providers, contact, expires },
        place.accounts,
        Date.now(),
      );
      if (!read.ok) {
        fail(read.mistakes);
        return;
      }
      const made = makeKey(randomBytes);
      const record: KeyRecord = {
        id: made.id,
        ...read.grant,
        sha256: made.sha256,
        createdAt: new Date().toISOString(),
        revokedAt: null,
      };
      const sentence = await changed(place.keys, (file) => ({
        ...file,
        keys: [...file.keys, record],
      }));
      if (sentence !== undefined) {
        fail([sentence]);
        return;
      }
      print(made.text);
      remark(
        `This is the only time it is shown. ${place.keys} keeps what it is known by (${made.id}), and gateways that run take it within a second.`,
      );
    },
  });

  const list = defineCommand({
    meta: { name: 'list', description: 'List the API keys there are, without the keys' },
    args: { config },
    run: async ({ args }) => {
      const place = placeIn(await load(args));
      if (!place) return;
      const read = parsed(await readFile(place.keys, 'utf8').catch(() => null), place.keys);
      if (!read.file) {
        fail([read.said]);
        return;
      }
      const { keys, subjects } = read.file;
      if (keys.length === 0) remark('There is no API key. Make one with `parlance keys create`.');
      else print(keysTable(keys, Date.now()));
      for (const { id, revokedAt } of subjects) print(`${plain(id)}: revoked until ${revokedAt}`);
    },
  });

  const revoke = defineCommand({
    meta: { name: 'revoke', description: 'End an API key, or all tokens of a subject until now' },
    args: {
      config,
      id: {
        type: 'positional',
        required: false,
        description: "The id of a key, or 'jwt:<issuer>|<sub>'",
      },
    },
    run: async ({ args }) => {
      const { id: named, _: loose, ...words } = args;
      const place = placeIn(await load({ ...words, _: loose.slice(1) }));
      if (!place) return;
      const subject = subjectIn(named);
      if (subject === undefined) {
        fail([
          "Say which: `parlance keys revoke <id>`, where `parlance keys list` has the ids, or 'jwt:<issuer>|<sub>'.",
        ]);
        return;
      }
      const mistakes = await revokeEverywhere(subject, place);
      if (mistakes.length > 0) fail(mistakes);
    },
  });

  /** Undefined where there is none, and then that was said. */
  function placeIn(loaded: Config | undefined): Place | undefined {
    if (!loaded) return undefined;
    const { auth, redis, providers } = loaded;
    if (auth?.keys !== undefined) {
      return { accounts: providers.map(({ name }) => name), redis, keys: auth.keys };
    }
    fail([
      loaded.kind === 'sandbox'
        ? 'There is no config, and in the sandbox nobody has to sign in. Write parlance.config.yaml, or name one with --config.'
        : 'auth.keys is missing: write `auth: { keys: ./parlance.keys.json }` in the config, and it is made there.',
    ]);
    return undefined;
  }

  async function revokeEverywhere(subject: string, { redis, keys }: Place): Promise<string[]> {
    const revokedAt = new Date();
    const id = subject.startsWith(OF_A_KEY) ? subject.slice(OF_A_KEY.length) : undefined;
    let isThere = true;
    const sentence = await changed(keys, (file) => {
      isThere = id === undefined || file.keys.some((record) => record.id === id);
      return revokedIn(file, id, { id: subject, revokedAt: revokedAt.toISOString() });
    });
    if (sentence !== undefined) return [sentence];
    if (!redis) {
      if (!isThere)
        return [`${keys} has no key ${id}: \`parlance keys list\` has the ids there are.`];
      remark(`Revoked in ${keys}: gateways that read it hear of it within a second.`);
      return [];
    }
    const told = await tellGateways(redis, subject, revokedAt.getTime());
    if (!told) {
      const where = isThere ? `It is revoked in ${keys}, but ` : '';
      return [
        `${where}Redis does not answer: gateways that read another file do not know of it. Say it again once Redis is there.`,
      ];
    }
    const here = isThere ? '' : `${keys} has no key ${id}. `;
    remark(`${here}Revoked for every gateway of this Redis: they hear of it within two seconds.`);
    return [];
  }

  return defineCommand({
    meta: { name: 'keys', description: 'Make, list and revoke API keys' },
    subCommands: { create, list, revoke },
  });
}

interface Place {
  /** The names the config has. */
  readonly accounts: readonly string[];
  readonly redis: RedisConfig | undefined;
  /** The file of keys. */
  readonly keys: string;
}

const OF_A_KEY = 'key:';

/** Whoever has the whole key at hand may say that: nothing of it is repeated but its id. */
function subjectIn(named: string | undefined): string | undefined {
  if (named === undefined) return undefined;
  if (/^jwt:[^|]+\|./s.test(named)) return named;
  const id = keyIdIn(named) ?? named.replace(/^key:/, '');
  return /^[0-9a-f]{12}$/.test(id) ? `${OF_A_KEY}${id}` : undefined;
}

function revokedIn(
  { keys, subjects }: KeyFile,
  id: string | undefined,
  subject: KeyFile['subjects'][number],
): KeyFile {
  if (id === undefined) {
    return { keys, subjects: [...subjects.filter((one) => one.id !== subject.id), subject] };
  }
  const { revokedAt } = subject;
  // The first time counts.
  return {
    keys: keys.map((one) =>
      one.id === id ? { ...one, revokedAt: one.revokedAt ?? revokedAt } : one,
    ),
    subjects,
  };
}

/** A sentence where the file could not be changed. */
async function changed(
  path: string,
  change: (file: KeyFile) => KeyFile,
): Promise<string | undefined> {
  const done = await changeFile(path, (text) => {
    const read = text === null ? { file: NO_KEYS } : parsed(text, path);
    return read.file ? { text: writtenKeyFile(change(read.file)) } : read;
  });
  return done.ok ? undefined : done.said;
}

type Parsed =
  | { readonly file: KeyFile; readonly said?: never }
  | { readonly file?: never; readonly said: string };

function parsed(text: string | null, path: string): Parsed {
  if (text === null) {
    return {
      said: `${path} cannot be read. Make a key with \`parlance keys create\`, which writes it.`,
    };
  }
  const read = parseKeyFile(text);
  return read.ok ? { file: read.value } : { said: `${path} ${read.complaint}: mend it first.` };
}

async function tellGateways(redis: RedisConfig, subject: string, untilMs: number) {
  const door = openRedisAt(redis, NO_LOG);
  await door.ready();
  const told = await redisRevocations({ door }).revoke(subject, untilMs);
  await door.close();
  return told.ok;
}
