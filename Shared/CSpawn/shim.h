// What glibc's <spawn.h> declares for programs that define _GNU_SOURCE, which Swift's Glibc module does not.
#include <spawn.h>

int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);

static const short spawn_set_session = 0x80;
