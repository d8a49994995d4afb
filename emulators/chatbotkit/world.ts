// One world of the emulated ChatBotKit: accounts, keys, tales. Any number of faces may be put before it.

import { createHash } from 'node:crypto';
import type { Clock } from '../emulator.ts';
import type { Tale } from '../story.ts';
import { channelHub } from './channels.ts';
import type { AccountRow } from './rows.ts';
import { seedTales } from './seed.ts';
import type { Keyring } from './session.ts';
import { cuid, type Download, emptyStore, type World } from './store.ts';
import { DEFAULT_SWITCHES, type Switches } from './switches.ts';

export interface WorldOptions extends Partial<Switches> {
  readonly clock?: Clock;
  readonly tales?: readonly Tale[];
  /** Key of the account that has the tales. */
  readonly secret?: string;
  /** An access token of the same account, as an application gets it. */
  readonly accessToken?: string;
  /** Key of an account of somebody else, to whom nothing here belongs. */
  readonly foreignSecret?: string;
  readonly childEmail?: string;
  /** Fetches the files that are uploaded by address. */
  readonly download?: (url: string) => Promise<Download>;
}

export interface Founded {
  readonly world: World;
  readonly keys: Keyring;
  readonly owner: AccountRow;
  readonly child: AccountRow;
  readonly secrets: {
    readonly secret: string;
    readonly accessToken: string;
    readonly foreignSecret: string;
  };
}

/** 2024-01-01: before every tale, so that account ids are old. */
const FOUNDED_AT = 1_704_067_200_000;

export function foundWorld(options: WorldOptions = {}): Founded {
  const {
    clock = Date.now,
    tales = [],
    secret = tokenLike('sk-', 'secret'),
    accessToken = tokenLike('oaac-', 'access'),
    foreignSecret = tokenLike('sk-', 'foreign'),
    childEmail = 'child@parlance.example',
    download = downloadHere,
    ...switches
  } = options;
  const store = emptyStore();
  const owner = account(0, 'owner@parlance.example', null);
  const child = account(1, childEmail, owner.id);
  const stranger = account(2, 'stranger@elsewhere.example', null);
  for (const row of [owner, child, stranger]) store.accounts.set(row.id, row);
  seedTales(store, owner.id, tales);

  let minted = 0;
  const world: World = {
    store,
    switches: { ...DEFAULT_SWITCHES, ...switches },
    clock,
    channels: channelHub(clock),
    scenes: [],
    mintId() {
      minted += 1;
      return cuid(clock(), minted, `minted/${minted}`);
    },
    download,
  };
  const tokens = new Map([
    [secret, owner.id],
    [accessToken, owner.id],
    [foreignSecret, stranger.id],
  ]);
  const keys = { tokens, signingKey: `sessions of ${secret}` };
  return { world, keys, owner, child, secrets: { secret, accessToken, foreignSecret } };
}

function account(sequence: number, email: string, parentId: string | null): AccountRow {
  return { id: cuid(FOUNDED_AT, sequence, `account/${sequence}`), email, parentId };
}

function tokenLike(prefix: string, label: string): string {
  return prefix + createHash('sha256').update(`parlance emulator ${label}`).digest('hex');
}

/** An emulator never leaves the machine: files from elsewhere are made up from their address. */
async function downloadHere(url: string): Promise<Download> {
  const { hostname, pathname } = new URL(url);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    const type = pathname.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream';
    return { status: 200, type, bytes: Buffer.from(`Made up instead of ${url}\n`) };
  }
  const response = await fetch(url);
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? 'application/octet-stream',
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}
