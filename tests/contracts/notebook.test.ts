// Every law of a provider, held by this one; and every law's mutant, caught.

import { hold } from './hold.ts';
import { exampleNotebook } from './subjects/notebook.ts';

await hold(exampleNotebook);
