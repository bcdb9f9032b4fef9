-- Whether another authority certified the key of a credential, too: its certificate says so. None did before this.
alter table credential add column linked boolean not null default false;
