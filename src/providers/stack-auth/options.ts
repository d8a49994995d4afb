// Options meant for another kind of provider are a mistake to be told, never something to pass over.

import type { Issue } from '../../domain/failure.ts';

export function foreignOptions(options: { readonly kind: string } | undefined): Issue[] {
  if (options === undefined || options.kind === 'stack-auth') return [];
  const message = `These are options of ${options.kind}, and this provider is a stack-auth one: leave them out.`;
  return [{ path: options.kind, message }];
}
