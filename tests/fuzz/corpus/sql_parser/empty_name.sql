SELECT ``.*
