// A gateway that stops in its tracks: paused, as a process that is stopped and goes on, or killed. From the moment it is
// struck nothing it does reaches anybody, and nothing reaches it, until it wakes, if it ever does.

import { type Outcome, success } from '../../src/domain/failure.ts';
import type { Provider } from '../../src/providers/provider.ts';
import type { Hold, Leases } from '../../src/state/lease/lease.ts';

export const POINTS = [
  'after the lease',
  'after the intent',
  'before the create',
  'after the create',
  'before the tags',
  'after the tags',
] as const;

/** On the way to a conversation; and on the way to a list that is written as a whole, when it has been read. */
export type Point = (typeof POINTS)[number] | 'before the write';

export interface Halt {
  /** Resolves when it is struck. */
  readonly struck: Promise<void>;
  wake(): void;
  leases(leases: Leases): Leases;
  provider(provider: Provider): Provider;
}

/** Struck once, at this point; never without one. */
export function openHalt(point?: Point): Halt {
  let awake = Promise.resolve();
  let wake = (): void => undefined;
  let strike = (): void => undefined;
  let isStruck = false;
  const struck = new Promise<void>((resolve) => {
    strike = resolve;
  });

  function at(here: Point): Promise<void> {
    if (here === point && !isStruck) {
      isStruck = true;
      awake = new Promise((resolve) => {
        wake = resolve;
      });
      strike();
    }
    return awake;
  }

  async function through<T>(act: () => Promise<T>): Promise<T> {
    await awake;
    const came = await act();
    await awake;
    return came;
  }

  function holdOf(name: string, hold: Hold): Hold {
    let isWritten = false;
    return {
      ...hold,
      async renew() {
        if (name.startsWith('rewrite:')) await at('before the write');
        const renewed = await through(() => hold.renew());
        if (isWritten && isTrue(renewed)) await at('before the create');
        return renewed;
      },
      recall: () => through(() => hold.recall()),
      async note(notes) {
        const written = await through(() => hold.note(notes));
        const intent = notes.get('intent');
        // A gateway that was slow has lost its turn, and wrote nothing.
        if (typeof intent !== 'string' || isWritten || !isTrue(written)) return written;
        await at('after the intent');
        isWritten = true;
        return written;
      },
      release: () => through(() => hold.release()),
    };
  }

  return {
    struck,
    wake: () => wake(),
    leases: (leases) => ({
      ...leases,
      async take(name) {
        const taken = await through(() => leases.take(name));
        if (!taken.ok || !taken.value) return taken;
        if (name.startsWith('create:')) await at('after the lease');
        return success(holdOf(name, taken.value));
      },
    }),
    provider: (provider) => {
      const { CONVERSATION_CREATE: create, CONVERSATION_GET_OR_CREATE: native } = provider.can;
      return {
        ...provider,
        can: {
          ...provider.can,
          ...(create.support !== 'NONE' && {
            CONVERSATION_CREATE: {
              ...create,
              async does(input, call) {
                const begun = async (nativeId: string) => {
                  await at('after the create');
                  await input.begun?.(nativeId);
                  await at('before the tags');
                };
                const created = await through(() => create.does({ ...input, begun }, call));
                await at('after the tags');
                return created;
              },
            },
          }),
          ...(native.support !== 'NONE' &&
            'does' in native && {
              CONVERSATION_GET_OR_CREATE: {
                ...native,
                async does(input, call) {
                  const got = await through(() => native.does(input, call));
                  await at('after the create');
                  return got;
                },
              },
            }),
        },
      };
    },
  };
}

function isTrue(outcome: Outcome<boolean>): boolean {
  return outcome.ok && outcome.value;
}

/** Whether it is there, or why not. */
export function kindOf(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'ok' : outcome.failure.kind;
}
