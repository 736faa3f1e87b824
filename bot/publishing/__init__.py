"""Publishing (发布): from an editor's files to what every running bot answers from."""
