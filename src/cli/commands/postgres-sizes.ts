// `popvote postgres-sizes`: the sizes of PostgreSQL for this machine, as variables of docker-compose.yml. `popvote start` sets
// the same ones by itself.
import { Command } from 'commander';
import { machineMemoryBytes, postgresSizes } from '../../local/postgres-sizes.ts';
import type { Context } from '../context.ts';

export function postgresSizesCommand(context: Context): Command {
  return new Command('postgres-sizes')
    .description('print the sizes of PostgreSQL for the memory of this machine, as variables of docker-compose.yml')
    .addHelpText('after', '\nExample:\n  $ popvote postgres-sizes >> .env      then docker compose up -d')
    .action(() => {
      for (const [setting, value] of Object.entries(postgresSizes(machineMemoryBytes()))) {
        context.out(`POSTGRES_${setting.toUpperCase()}=${value}`);
      }
    });
}
