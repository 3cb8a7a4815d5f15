// `popvote postgres-sizes`: the sizes of PostgreSQL for this machine, as variables of docker-compose.yml. `popvote start` sets
// the same ones by itself.
import { Command } from 'commander';
import { machineMemoryBytes, postgresContainerMemory, postgresSizes } from '../../local/machine/postgres-sizes.ts';
import type { Context } from '../context.ts';

export function postgresSizesCommand(context: Context): Command {
  return new Command('postgres-sizes')
    .description('print the sizes of PostgreSQL for the memory of this machine, as variables of docker-compose.yml')
    .addHelpText('after', '\nExample:\n  $ popvote postgres-sizes >> .env      then docker compose up -d')
    .action(() => {
      const sizes = postgresSizes(machineMemoryBytes());
      for (const [setting, value] of Object.entries(sizes)) context.out(`POSTGRES_${setting.toUpperCase()}=${value}`);
      context.out(`POSTGRES_MEMORY=${postgresContainerMemory(sizes)}`);
    });
}
