from tests.support.fixtures import committed_world, storage_folder

__all__ = ["committed_world", "storage_folder"]
