// Holds one subject to every law, and shows of every law, before this subject, that it can be broken.

import { describe, expect, onTestFinished, test } from 'vitest';
import { VERBS } from '../../src/domain/verb.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { entryOf, type Law } from './law.ts';
import { LAWS } from './laws/index.ts';
import { before, type Scene, type Stage, type Subject } from './stage.ts';

/** To be awaited at the top of a test file: which laws there are to keep is read off the table. */
export async function hold(subject: Subject): Promise<void> {
  const sample = await subject.open();
  const { provider, scene } = sample;
  await sample.close();

  for (const verb of VERBS) {
    const laws = LAWS.filter((law) => law.verb === verb && concerns(law, provider, scene));
    if (laws.length === 0) continue;
    describe(`${subject.name}: ${verb}`, () => {
      test.each(laws)('$sentence', async (law) => {
        await expect(law.holds(await opened(subject))).resolves.toBeUndefined();
      });
      test.each(laws)('a provider that $mutant.fault is caught: $sentence', async (law) => {
        const stage = await opened(subject);
        const mutant = before(stage, law.mutant.of(stage.provider, stage));
        await expect(law.holds(mutant)).rejects.toMatchObject({ name: 'AssertionError' });
      });
    });
  }
}

function concerns({ verb, concerns: isConcerned }: Law, provider: Provider, scene: Scene): boolean {
  return entryOf(provider, verb) !== undefined && (isConcerned?.(provider, scene) ?? true);
}

export async function opened(subject: Subject): Promise<Stage> {
  const stage = await subject.open();
  onTestFinished(() => stage.close());
  return stage;
}
