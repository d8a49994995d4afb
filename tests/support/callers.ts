// Callers that a test lets in: each with a name, and all that there is unless it says otherwise.

import { ANYONE, type Caller } from '../../src/domain/caller.ts';

export function callerNamed(id: string, less: Partial<Caller> = {}): Caller {
  return { ...ANYONE, id, ...less };
}
