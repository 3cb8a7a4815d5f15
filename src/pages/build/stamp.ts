// The first and the last step of `npm run build`: `begin` empties dist, `end` marks the build as complete.
import { beginBuild, finishBuild } from '../../local/build-stamp.ts';
import { root } from './options.ts';

const [, , step] = process.argv;
if (step === 'begin') beginBuild(root);
else if (step === 'end') finishBuild(root);
else throw new Error('stamp.ts takes one argument: begin or end.');
