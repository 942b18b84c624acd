from tests.support.fixtures import committed_world, module_world, storage_folder, world

__all__ = ["committed_world", "module_world", "storage_folder", "world"]
