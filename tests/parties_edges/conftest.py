from tests.support.fixtures import module_world, storage_folder, world

__all__ = ["module_world", "storage_folder", "world"]
