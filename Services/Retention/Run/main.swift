import Retention
import Server

await ServiceProcess.main(RetentionService.self)
